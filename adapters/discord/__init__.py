"""Discord: direct messages, mentions, slash commands, context menus, buttons and modals, on discord.py."""
