/**
 * ComfyUI embeds the graph that made the picture. What its sampler was given is found by walking links upstream; each
 * walk visits a node once, so the time is linear in the graph whatever a file claims.
 */
import {
  isLink,
  readApiGraph,
  readWorkflowGraph,
  type Graph,
  type Inputs,
  type Node,
} from './comfyui-graph.ts';
import { modelName, toRecipe, type EmbeddedRecipe, type Found } from './recipe.ts';
import { parseJson } from './texts.ts';

/** @param prompt The graph as it ran. @param workflow The graph as it was drawn, for files without the other. */
export function parseComfyUi(prompt: string | null, workflow: string | null): EmbeddedRecipe | null {
  const ran = prompt === null ? null : readApiGraph(parseJson(prompt));
  const graph = ran ?? (workflow === null ? null : readWorkflowGraph(parseJson(workflow)));
  if (!graph) return null;
  const sampler = findSampler(graph);
  const found = sampler ? readSampler(graph, sampler) : readPromptNode(graph);
  return found && toRecipe('comfyui', found, (ran ? prompt : workflow) ?? '');
}

type Value = Inputs[string] | undefined;

const LATENT = ['latent_image', 'latent', 'samples'];
const TEXT = ['text', 'text_g', 't5xxl', 'clip_l', 'prompt', 'populated_text', 'string', 'value'];
const MODEL = ['ckpt_name', 'unet_name', 'base_ckpt_name', 'model_name'];

const latentsOf = ({ inputs }: Node) => LATENT.map((name) => inputs[name]);

const isSampler = (node: Node) =>
  (isLink(node.inputs['positive']) || isLink(node.inputs['guider'])) && latentsOf(node).some(isLink);

/** The one that begins with an empty picture: those after it refine what it made. */
function findSampler(graph: Graph): Node | null {
  const samplers = [...graph.values()].filter(isSampler);
  // What one of them has come past in vain, no other has to.
  const seen = new Set<string>();
  return samplers.find((node) => sizeOf(graph, node, seen) !== null) ?? samplers[0] ?? null;
}

/** Of the empty picture; null when it begins with another one, or with what another sampler made. */
function sizeOf(graph: Graph, sampler: Node, seen?: Set<string>): Pick<Found, 'width' | 'height'> | null {
  for (const node of walk(graph, latentsOf(sampler), { isEnd: isSampler, seen })) {
    const { width, height } = node.inputs;
    const isOrigin = !isSampler(node) && !latentsOf(node).some(isLink);
    if (isOrigin && typeof width === 'number' && typeof height === 'number') return { width, height };
  }
  return null;
}

function readSampler(graph: Graph, node: Node): Found {
  // Newer samplers take their parts from nodes of their own: a guider, a noise, a sampler, sigmas.
  const { guider, noise, sampler, sigmas } = node.inputs;
  const given: Inputs = { ...(isLink(guider) ? graph.get(guider.node)?.inputs : {}), ...node.inputs };
  const positive = given['positive'] ?? given['conditioning'];
  const own = (name: string) => scalarFrom(graph, given[name], [name, 'value', 'int', 'float', 'string']);
  return {
    prompt: textsOf(graph, positive, 'negative'),
    negativePrompt: textsOf(graph, given['negative'], 'positive'),
    model: modelName(scalarFrom(graph, given['model'], MODEL)),
    seed: own('seed') ?? own('noise_seed') ?? scalarFrom(graph, noise, ['noise_seed', 'seed']),
    steps: own('steps') ?? scalarFrom(graph, sigmas, ['steps']),
    cfg: own('cfg'),
    guidance: scalarFrom(graph, positive, ['guidance']),
    denoise: own('denoise') ?? scalarFrom(graph, sigmas, ['denoise']),
    sampler: own('sampler_name') ?? scalarFrom(graph, sampler, ['sampler_name']),
    scheduler: own('scheduler') ?? scalarFrom(graph, sigmas, ['scheduler']),
    ...sizeOf(graph, node),
  };
}

/** Nodes that call a service have a prompt and no sampler. */
function readPromptNode(graph: Graph): Found | null {
  for (const { inputs } of graph.values()) {
    const { prompt, negative_prompt: negativePrompt, seed, model } = inputs;
    if (typeof prompt === 'string' && prompt.trim() !== '') return { prompt, negativePrompt, seed, model };
  }
  return null;
}

/** The value itself, or behind a link the nearest plain value of one of these names. */
function scalarFrom(graph: Graph, start: Value, names: string[]): string | number | undefined {
  if (start === undefined || !isLink(start)) return start;
  for (const { inputs } of walk(graph, [start])) {
    for (const name of names) {
      const value = inputs[name];
      if (value !== undefined && !isLink(value)) return value;
    }
  }
  return undefined;
}

function textIn({ inputs }: Node): string | null {
  for (const name of TEXT) {
    const text = inputs[name];
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return null;
}

/** All texts that were encoded on the way to a conditioning, each once. */
function textsOf(graph: Graph, start: Value, except: 'positive' | 'negative'): string {
  const texts = new Set<string>();
  for (const node of walk(graph, [start], { isEnd: (found) => textIn(found) !== null, except })) {
    const text = textIn(node);
    if (text !== null) texts.add(text);
  }
  return [...texts].join('\n');
}

/**
 * Nodes upstream of links, nearest first. Nothing beyond an end is looked at, nor what was seen before, and an input of
 * the name `except` is not followed: control nodes take positive and negative through.
 */
function* walk(
  graph: Graph,
  starts: Value[],
  {
    isEnd,
    except,
    seen = new Set(),
  }: { isEnd?: (node: Node) => boolean; except?: string; seen?: Set<string> | undefined } = {},
): Iterable<Node> {
  const queue = starts.filter(isLink);
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at]?.node ?? '';
    const node = graph.get(id);
    if (!node || seen.has(id)) continue;
    seen.add(id);
    yield node;
    if (isEnd?.(node)) continue;
    for (const [name, value] of Object.entries(node.inputs))
      if (name !== except && isLink(value)) queue.push(value);
  }
}
