"""Pages of the operator: webhooks, and who may send by Open311."""
