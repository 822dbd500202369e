"""The register of missing persons (गुम इंसान): who is reported missing, searched for, traced or not traced."""
