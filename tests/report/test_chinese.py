from recurra.report.chinese import said
from recurra.sweeps.bootstrap import MIXED


def test_what_is_said_of_runs_is_said_in_chinese():
    assert said("made again in out/2") == "在 out/2 中重新做过"
    assert said("no f1_macro of the validation split") == "没有验证集的 f1_macro"
    assert said("a b/0 has no predictions_validation.parquet") == "a b/0 没有 predictions_validation.parquet"
    assert said("data=csv (file with hash 12ab)") == "data=csv（文件散列值 12ab）"
    assert said("finished") == "完成"
    assert (
        said(f"where pairs of runs do not agree: {MIXED}")
        == "各成对运行结论不一之处：这些行分得出两者，换一些种子或折未必"
    )
    assert said("CUDA out of memory") == "CUDA out of memory"
