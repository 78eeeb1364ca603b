"""Encoders: a file each; a new one is one file here and one YAML in `conf/model`."""

from recurra.nn.encoders.base import Encoder
from recurra.nn.encoders.gru import GRU
from recurra.nn.encoders.lstm import LSTM
from recurra.nn.encoders.rcnn import RCNN
from recurra.nn.encoders.rcnn_lai import RCNNLai
from recurra.nn.encoders.rnn import RNN
from recurra.nn.encoders.textrnn import TextRNN

__all__ = ["GRU", "LSTM", "RCNN", "RNN", "Encoder", "RCNNLai", "TextRNN"]
