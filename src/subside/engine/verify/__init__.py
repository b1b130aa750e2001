"""An independent adaptive solver re-solves some patients of each run."""
