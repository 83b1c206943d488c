// Sounds a chime in the browser: the same notes that the window plays, fetched as WAV once sound was asked for.
let context;
const tones = new Map();

// Switches sound on or off and says which it is; browsers allow sound only after a click, and this is one.
export function sounds(on) {
  if (on) context ??= new AudioContext();
  if (context) on ? context.resume() : context.suspend();
  return Boolean(context) && on;
}

export async function play(priority) {
  if (context?.state !== "running") return;
  if (!tones.has(priority)) {
    const answer = await fetch(`/v1/chimes/${priority}.wav`);
    tones.set(priority, await context.decodeAudioData(await answer.arrayBuffer()));
  }
  const source = context.createBufferSource();
  source.buffer = tones.get(priority);
  source.connect(context.destination);
  source.start();
}
