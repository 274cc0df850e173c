"""What pages tell programs of their data."""

from django import template

from exports.catalog.structured import dataset_block

register = template.Library()

register.simple_tag(dataset_block)
