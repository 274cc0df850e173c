"""What other packages may listen to: `councils` knows none of them (ADR 0021)."""

from django.dispatch import Signal

# In the transaction that closes a sitting, after everything has taken effect: what fails
# here keeps the sitting open. Arguments: `sitting`, `consultations`, those that were
# concluded in it, and `actor`, who closed it.
results_took_effect = Signal()
