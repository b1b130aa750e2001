"""What would happen: the models and the numerical kernel. No web, no clock."""
