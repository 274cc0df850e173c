"""What other packages may listen to: `pins` knows none of them."""

from django.dispatch import Signal

# In the transaction that keeps a new pin whose form said what led to it: the code on a
# poster or a card. Arguments: `pin`, and `came_from`, as it was sent.
pin_came_from = Signal()
# In the transaction in which moderation takes words out of a pin, or puts them back.
# Arguments: `pin`, and `before`, its title until then.
words_changed = Signal()
