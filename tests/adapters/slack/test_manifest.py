"""The manifests are what the code is."""

import pathlib
from typing import Any

import pytest
import yaml

from adapters.slack.doctor import SCOPES
from adapters.slack.parse import ASK_SHORTCUT, SEND_SHORTCUT
from adapters.slack.settings import COMMAND
from adapters.slack.web import PATH

FOLDER = pathlib.Path("adapters/slack")
EVENTS = ["app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked"]


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


@pytest.mark.parametrize(("name", "socket"), [("manifest.yaml", True), ("manifest-http.yaml", False)])
def test_manifest(name: str, socket: bool) -> None:
    manifest = read(name)
    features, settings = manifest["features"], manifest["settings"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert not any("channels:" in scope or "groups:" in scope for scope in SCOPES)
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    assert {one["callback_id"] for one in features["shortcuts"]} == {SEND_SHORTCUT, ASK_SHORTCUT}
    assert settings["event_subscriptions"]["bot_events"] == EVENTS
    assert settings["interactivity"]["is_enabled"]
    assert settings["socket_mode_enabled"] is socket
    addresses = [
        features["slash_commands"][0].get("url"),
        settings["event_subscriptions"].get("request_url"),
        settings["interactivity"].get("request_url"),
    ]
    assert addresses == [None] * 3 if socket else all(str(one).endswith(PATH) for one in addresses)


@pytest.mark.parametrize("name", ["manifest.yaml", "manifest-http.yaml"])
def test_limits(name: str) -> None:
    manifest = read(name)
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80
    assert all(len(one["name"]) <= 24 for one in manifest["features"]["shortcuts"])
    assert all(len(one["command"]) <= 32 for one in manifest["features"]["slash_commands"])
