"""The text floor: files and corpora to examples, texts to token ids. It knows no torch."""
