"""What Hydra finds by itself: Recurra's sweeper and its launcher. Nothing else registers itself when imported."""
