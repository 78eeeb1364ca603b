"""Encoders: a file each; a new one is one file here and one YAML in `conf/model`."""

from recurra.nn.encoders.bag import Bag
from recurra.nn.encoders.base import Encoder
from recurra.nn.encoders.cnn import CNN
from recurra.nn.encoders.gru import GRU
from recurra.nn.encoders.lstm import LSTM
from recurra.nn.encoders.rcnn import RCNN
from recurra.nn.encoders.rcnn_lai import RCNNLai
from recurra.nn.encoders.rnn import RNN
from recurra.nn.encoders.textrnn import TextRNN

__all__ = ["CNN", "GRU", "LSTM", "RCNN", "RNN", "Bag", "Encoder", "RCNNLai", "TextRNN"]
