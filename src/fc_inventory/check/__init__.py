"""The doctor, `{"check": true}`: imported only where an event asks for it, so that no other cold start pays for it."""
