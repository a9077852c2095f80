"""The audit of what the project is built from: locked, licensed, reasoned, without known holes."""
