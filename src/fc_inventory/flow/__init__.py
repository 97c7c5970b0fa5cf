"""One run over several instances: the steps that a state machine of CloudFlow has this function take (flow/ has it)."""
