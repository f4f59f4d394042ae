import { isRecord } from './texts.ts';

export type Link = { node: string };
export type Inputs = Record<string, string | number | Link>;
export type Node = { type: string; inputs: Inputs };
export type Graph = ReadonlyMap<string, Node>;

const MAX_NODES = 5000;

export const isLink = (value: Inputs[string] | undefined): value is Link => typeof value === 'object';

const isId = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** What is neither a plain value nor a link (`[node, slot]`) says nothing of the recipe. */
function readInputs(entries: [string, unknown][]): Inputs {
  const inputs: Inputs = {};
  for (const [name, value] of entries) {
    if (typeof value === 'string' || typeof value === 'number') inputs[name] = value;
    else if (Array.isArray(value) && value.length === 2 && isId(value[0]))
      inputs[name] = { node: String(value[0]) };
  }
  return inputs;
}

/** `{ "3": { "class_type": "KSampler", "inputs": { "seed": 1, "model": ["4", 0] } } }` */
export function readApiGraph(data: unknown): Graph | null {
  if (!isRecord(data)) return null;
  const graph = new Map<string, Node>();
  for (const [id, node] of Object.entries(data).slice(0, MAX_NODES)) {
    if (!isRecord(node) || typeof node['class_type'] !== 'string' || !isRecord(node['inputs'])) continue;
    graph.set(id, { type: node['class_type'], inputs: readInputs(Object.entries(node['inputs'])) });
  }
  return graph.size > 0 ? graph : null;
}

/** What the values of a node are called: the drawn graph holds them as a list. null: of no interest. */
const WIDGETS: Record<string, (string | null)[]> = {
  CheckpointLoaderSimple: ['ckpt_name'],
  UNETLoader: ['unet_name'],
  CLIPTextEncode: ['text'],
  CLIPTextEncodeFlux: ['clip_l', 't5xxl', 'guidance'],
  FluxGuidance: ['guidance'],
  EmptyLatentImage: ['width', 'height'],
  EmptySD3LatentImage: ['width', 'height'],
  KSampler: ['seed', null, 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
  KSamplerAdvanced: [null, 'noise_seed', null, 'steps', 'cfg', 'sampler_name', 'scheduler'],
  KSamplerSelect: ['sampler_name'],
  BasicScheduler: ['scheduler', 'steps', 'denoise'],
  RandomNoise: ['noise_seed'],
  CFGGuider: ['cfg'],
  PrimitiveNode: ['value'],
};

/** The graph as the editor saves it: `nodes` with `widgets_values`, and `links` of `[id, from, slot, to, slot, type]`. */
export function readWorkflowGraph(data: unknown): Graph | null {
  if (!isRecord(data) || !Array.isArray(data['nodes']) || !Array.isArray(data['links'])) return null;
  const from = new Map<unknown, unknown>();
  for (const link of data['links']) if (Array.isArray(link)) from.set(link[0], link[1]);
  const graph = new Map<string, Node>();
  for (const node of data['nodes'].slice(0, MAX_NODES)) {
    if (!isRecord(node) || !isId(node['id']) || typeof node['type'] !== 'string') continue;
    const { id, type, widgets_values: values, inputs: slots } = node;
    const widgets = Array.isArray(values) ? (WIDGETS[type] ?? []) : [];
    const named = widgets.flatMap((name, index): [string, unknown][] =>
      name === null || !Array.isArray(values) ? [] : [[name, values[index]]],
    );
    const linked = (Array.isArray(slots) ? slots : []).flatMap((slot: unknown): [string, unknown][] =>
      isRecord(slot) && typeof slot['name'] === 'string' && from.has(slot['link'])
        ? [[slot['name'], [from.get(slot['link']), 0]]]
        : [],
    );
    graph.set(String(id), { type, inputs: readInputs([...named, ...linked]) });
  }
  return graph.size > 0 ? graph : null;
}
