"""The local stage: a stack deployed by the real engine, with the policy pack, to the emulated AWS."""
