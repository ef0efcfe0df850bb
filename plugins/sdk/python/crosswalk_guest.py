"""What a host sees of the plugin: its own classes, guarded. `crosswalk plugin build` makes a component of this module."""

import plugin
from crosswalk_plan.guard import exported, pascal

globals().update({pascal(interface): guarded for interface, guarded in exported(plugin).items()})
