/** Tells a model that it takes over a thread from another one (S124, S125). */
export function modelSwitch(model: string, instructions: string): string {
	return `<model_switch>\nFrom here on this thread is continued by ${model}. Everything before was written by another model. Your instructions:\n\n${instructions}\n</model_switch>`;
}
