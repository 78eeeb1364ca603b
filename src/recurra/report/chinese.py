"""The page's phrases in Chinese."""

import re

CHINESE = {
    "{pairs} of {runs} runs": "{runs} 次运行中的 {pairs} 次",
    "(lower is better)": "（越低越好）",
    "(the one of its runs with the middle score)": "（各次运行中得分居中的一次）",
    ". ": "。",
    "; ": "；",
    "95 % interval of the paired bootstrap": "配对自助法的 95% 区间",
    "Best first by": "按此得分从好到差：",
    "Better than the first by": "比第一名好多少",
    "By class": "各类别",
    "By length": "按长度",
    "By share of unknown tokens": "按未登录词比例",
    "Calibration": "校准",
    "Confusion matrix": "混淆矩阵",
    "Filter": "筛选",
    "Gradient flow": "梯度流",
    "In brackets the middle 95 % of the difference over other choices of the validation rows (paired bootstrap): where "
    "it holds 0, these rows do not tell the two apart. Only runs with a partner of the same seed and fold are "
    "counted.": (
        "方括号内是重新抽取验证集各行（配对自助法）时差值的中间 95%：若包含 0，这些行不足以区分两者。"
        "只计入种子与折都相同的成对运行。"
    ),
    "Learning curves": "学习曲线",
    "Loss": "损失",
    "No row is ticked: tick one in the table.": "没有勾选任何行：请在表中勾选。",
    "Not compared": "未参与比较",
    "Of": "选择",
    "One run closely": "细看一次运行",
    "Precision and recall": "精确率与召回率",
    "Rows at random": "随机抽取的行",
    "Runs compared": "运行比较",
    "Runs on other data, or with another score, cannot be compared; each such set has a table of its own.": (
        "数据不同或得分不同的运行不能相互比较，各自成一张表。"
    ),
    "Runs that differ in seed or fold only are one row: mean ± standard deviation. The test score stands beside it, "
    "and nothing is ranked by it.": "只有种子或折不同的运行合为一行：均值 ± 标准差。测试集得分列在一旁，不用于排名。",
    "Score and size": "得分与参数量",
    "Score and time": "得分与时间",
    "The first {count} rows have a colour and can be drawn below; those after them cannot.": (
        "前 {count} 行带有颜色，可以画在下面的图里；其后的行不能。"
    ),
    "Worst rows": "错得最多的行",
    "about equally many rows each; 95 % intervals": "每段行数大致相等；95% 区间",
    "backward": "反向",
    "better in {won} of {pairs} pairs": "{pairs} 对中 {won} 对更好",
    "better than the first by": "比第一名好",
    "class": "类别",
    "command": "命令",
    "drawn": "画出",
    "folder": "文件夹",
    "forward": "正向",
    "gold": "标注",
    "layer": "层",
    "length in tokens": "长度（词元数）",
    "light / dark": "浅色 / 深色",
    "loss": "损失",
    "not compared": "次未参与比较",
    "on the dotted line stated and true shares are the same; large points have many rows": (
        "虚线上置信度与正确率一致；点越大，行数越多"
    ),
    "pairs of runs": "成对运行",
    "of the run with the middle score of each row": "取自各行中得分居中的一次",
    "others": "其余",
    "parameters": "参数量",
    "precision": "精确率",
    "predicted": "预测",
    "probabilities": "概率",
    "recall": "召回率",
    "right": "正确率",
    "rows": "行",
    "runs": "运行次数",
    "run compared": "次运行参与比较",
    "runs compared": "次运行参与比较",
    "seconds": "秒",
    "seconds of training": "训练用时（秒）",
    "share of unknown tokens": "未登录词比例",
    "share that is right": "正确的比例",
    "share wrong": "错误比例",
    "size of the derivative of the loss at each state": "损失对每个状态的导数的大小",
    "solid: validation; dotted: training": "实线：验证集；虚线：训练集",
    "stated": "置信度",
    "stated confidence": "给出的置信度",
    "status": "状态",
    "step": "步",
    "support": "行数",
    "text": "文本",
    "tokens from the end": "距读完的词元数",
    "tokens/s": "词元/秒",
    "validation": "验证集",
    "validation; in brackets the average precision": "验证集；括号内为平均精确率",
    "validation; shaded by the share of the gold class": "验证集；颜色深浅为占该标注类别的比例",
    "validation; the greatest loss of the gold answer first": "验证集；标注答案损失最大的在前",
    "validation; the greatest share wrong first": "验证集；错误比例最大的在前",
    "what differs": "不同之处",
    "why": "原因",
    "words, all of which a row must have": "若干个词，每一行须全部含有",
}
"""Every phrase of the page."""

SENTENCES = {
    "failed": "失败",
    "finished": "完成",
    "interrupted": "被中断",
    "killed": "被杀死",
    "pruned": "被剪枝",
    "running": "运行中",
    "unreadable": "无法读取",
    "waiting": "等待中",
    "its process ended without a word": "进程结束时没有留下消息",
    "their rows have no answers of their own": "各行没有单独的答案",
    "where pairs of runs do not agree: these rows tell them apart, and other seeds or folds may not": (
        "各成对运行结论不一之处：这些行分得出两者，换一些种子或折未必"
    ),
    "they were validated on different rows": "验证所用的行不同",
    "no run of the one has the seed and the fold of a run of the other": "两者没有种子与折都相同的运行",
}
"""What is said of runs, where it is known beforehand."""

_PATTERNS = {
    r"made again in (.+)": r"在 \1 中重新做过",
    r"no (\S+) of the validation split": r"没有验证集的 \1",
    r"(.+) has no (\S+\.parquet)": r"\1 没有 \2",
    r"(.+) is unreadable: (.+)": r"\1 无法读取：\2",
    r"(\S+) cannot be had from answers row by row": r"\1 无法由逐行的答案得出",
    r"(.+) \(file with hash (\w+)\)": r"\1（文件散列值 \2）",
}


def said(sentence: str) -> str:
    """A sentence on a run in Chinese; as it is where it comes from elsewhere, such as the message of an error."""
    for pattern, chinese in _PATTERNS.items():
        if found := re.fullmatch(pattern, sentence):
            return found.expand(chinese)
    return SENTENCES.get(sentence, sentence)
