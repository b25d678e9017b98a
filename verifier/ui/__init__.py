"""What the wallet and the inspector share on screen: theme, fonts, widgets and device ports."""
