"""The pages that people use; everything they mean is decided in `engine`."""
