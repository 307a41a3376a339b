"""The ids of the workspace and of the one app in it; they are the same in every local workspace."""

TEAM = "T0ACME000"
TEAM_DOMAIN = "acme"
OTHER_TEAM = "T0OTHER00"
APP = "A0JITAPP0"
BOT = "B0JITBOT0"
BOT_USER = "U0JITBOT0"
