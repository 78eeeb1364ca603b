from recurra.gradient_flow_file import Norm, append, begin, read


def test_the_file_goes_on_before_the_step_that_is_reached(tmp_path):
    file = tmp_path / "gradient_flow.csv"
    begin(file, 0)
    assert read(file) == []
    rows = [Norm(step, 0, "forward", t, 0.1) for step in (0, 10, 20) for t in (0, 1)]
    append(file, rows)
    begin(file, 20)
    append(file, rows[4:])
    assert read(file) == rows
    begin(file, 0)
    assert read(file) == []
