"""A Slack-shaped server of our own on loopback, strict where Slack is; see server.SlackDouble."""

from tests.doubles.slack.blocks import check_blocks, check_view
from tests.doubles.slack.delivery import Delivery
from tests.doubles.slack.members import ClientRefused, Member
from tests.doubles.slack.records import Call, Message, Upload, User, View, Violation
from tests.doubles.slack.server import SlackDouble

__all__ = [
    "Call", "ClientRefused", "Delivery", "Member", "Message", "SlackDouble", "Upload", "User", "View", "Violation",
    "check_blocks", "check_view",
]  # fmt: skip
