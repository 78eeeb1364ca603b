import pytest
from omegaconf import OmegaConf
from test_conf import config

from recurra.errors import ConfigError
from recurra.run_schema import check_run


def refusal(*overrides):
    with pytest.raises(ConfigError) as refused:
        check_run(config(*overrides))
    return str(refused.value)


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ("model.hiden_size=64", ["'hiden_size'", "Did you mean 'hidden_size'?", "num_layers", "pooling"]),
        ("optimizer.learning_rate=1", ["optimizer", "'learning_rate'", "lr", "weight_decay"]),
        ("trainer.max_epoch=1", ["'max_epoch'", "Did you mean 'max_epochs'?", "precision"]),
        ("data.max_lenght=1", ["'max_lenght'", "Did you mean 'max_length'?"]),
        ("data.trian=x.csv", ["'trian'"]),
        ("callbacks.early_stoping.patience=1", ["'early_stoping'", "Did you mean 'early_stopping'?"]),
        ("callbacks.early_stopping.patiense=1", ["Did you mean 'patience'?"]),
        ("logger.csv.nam=x", ["Did you mean 'name'?"]),
        ("model.hidden_size=wide", ["model.hidden_size='wide'", "integer"]),
        ("model.hidden_size=0", ["model.hidden_size=0", "greater than 0"]),
        ("model.hidden_size=1.5", ["model.hidden_size=1.5", "integer"]),
        ("model.hidden_size=true", ["model.hidden_size=True"]),
        ("model.dropout=1.5", ["model.dropout=1.5", "less than 1"]),
        ("model.pooling=maximum", ["model.pooling='maximum'", "attention", "'max'"]),
        ("model.bidirectional=3", ["model.bidirectional=3", "boolean"]),
        ("embedding.size=-1", ["embedding.size=-1", "greater than 0"]),
        ("task.dropout=nan", ["task.dropout=nan"]),
        ("data.max_length=0", ["data.max_length=0", "greater than 0"]),
        ("data.truncation=middle", ["'middle'", "head", "ends", "crop"]),
        ("data.validation_share=1.0", ["data.validation_share=1.0", "less than 1"]),
        ("seed=abc", ["seed='abc'", "integer"]),
        ("seed=-1", ["seed=-1"]),
        ("tags=x", ["tags='x'", "list"]),
        ("train=2", ["train=2", "boolean"]),
        ("model._target_=recurra.nn.encoders.LSTN", ["recurra.nn.encoders.LSTN", "cannot be imported"]),
        ("data=csv", ["data.train has no value", "data.train=..."]),
        ("tokenizer.lowercase=yes please", ["tokenizer.lowercase='yes please'", "boolean"]),
        ("scheduler.warmup=2", ["scheduler.warmup=2"]),
    ],
)
def test_a_mistake_is_told_with_what_exists(override, parts):
    told = refusal(override)
    assert all(part in told for part in parts), told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "override",
    [
        "trainer.precision=bf16-mixed",
        "trainer.accumulate_grad_batches=4",
        "trainer.limit_val_batches=0.5",
        "trainer.devices=2",
        "optimizer.betas=[0.9,0.99]",
        "optimizer.lr=1",
        "model.pooling=[mean,max]",
        "loss.class_weights=[1.0,2.0,1.0,1.0,1.0]",
        "data.folds=10",
        "callbacks.early_stopping=null",
        "callbacks.early_stopping.min_delta=0.01",
        "callbacks.checkpoint.every_n_train_steps=100",
    ],
)
def test_every_argument_of_what_is_built_can_be_given(override):
    check_run(config(override))


def test_a_typing_error_inside_a_yaml_file_is_told(tmp_path):
    broken = OmegaConf.create(config())
    broken.model.hiden_size = 3
    with pytest.raises(ConfigError, match="Did you mean 'hidden_size'"):
        check_run(OmegaConf.to_container(broken))
    with pytest.raises(ConfigError, match=r"no key or group 'modle'.*Did you mean 'model'"):
        check_run({**config(), "modle": {}})


def test_bbc_news_takes_no_file():
    assert "'train'" in refusal("data.train=my.csv")
