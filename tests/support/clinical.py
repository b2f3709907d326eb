"""Words that must not stand where anybody can read them: what the writing is for, and what about."""

import re

CLINICAL = re.compile(
    r"therap|counsel|client|patient|session|treat|diagnos|clinic|practice|psych|medic|doctor|hospital|health|illness|"
    r"disorder|symptom|anxi|depress|trauma|suicid|addict|abuse|grief|crisis|pharmac|insuranc|appointment|supervis|"
    r"consult|referral|well-?being|mental|healing|coach",
    re.IGNORECASE,
)
