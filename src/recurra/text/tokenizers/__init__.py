"""Tokenizers: recipes that are fitted to training texts, and what comes of them."""

from recurra.text.tokenizers.byte_pair import BytePair
from recurra.text.tokenizers.character import Character
from recurra.text.tokenizers.chinese_word import ChineseWord
from recurra.text.tokenizers.recipe import TokenizerRecipe
from recurra.text.tokenizers.tokenizer import Tokenizer
from recurra.text.tokenizers.whitespace import Whitespace
from recurra.text.tokenizers.word import Word

__all__ = ["BytePair", "Character", "ChineseWord", "Tokenizer", "TokenizerRecipe", "Whitespace", "Word"]
