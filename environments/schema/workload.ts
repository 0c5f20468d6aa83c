/** What engines and workers have in common: an image of the user's own, and what it may reach. */
import { z } from 'zod';
import { size } from '../quantity';
import { machineLabels } from './cluster';
import { isMoving, list, oneOf, quantity, secretName, text } from './leaf';

/** The name of an image, with the tag or digest behind it. */
const IMAGE = /^[a-z0-9][a-z0-9./:_-]*?(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

export const image = (description: string) =>
  text(description).superRefine((given, context) => {
    const [whole, tag, digest] = IMAGE.exec(given) ?? [];
    const refuse = (why: string): void =>
      context.addIssue({ code: 'custom', message: `"${given}" ${why}; use such as ghcr.io/acme/engine:1.4.0` });
    if (whole === undefined) refuse('is not the name of an image');
    else if (digest !== undefined) return;
    else if (tag === undefined) refuse('has neither tag nor digest');
    else if (isMoving(tag)) refuse('moves: what runs tomorrow would not be what was reviewed today');
  });

export const memory = (description: string) =>
  quantity(description, size).superRefine(({ value }, context) => {
    if (value < 1) context.addIssue({ code: 'custom', message: '0 GiB is no memory; give at least 1 GiB' });
  });

/** What the proxy lets through. */
export const DOMAIN = {
  pattern: /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  expected: 'a domain such as relay.flashbots.net',
  example: 'relay.flashbots.net',
} as const;

/** The same of each. */
export const workloadFields = {
  reads: oneOf(
    'Where it reads its chains: the gateway, or one node of each, in whose zone it then runs. Default: the gateway where there is one.',
    ['gateway', 'node'],
    { what: 'a place to read' },
  ).optional(),
  node_selector: machineLabels(
    'Labels of machines that it may run on, such as those that pin cores. Default: any machine.',
  ).optional(),
  secrets: z
    .record(z.string(), secretName('Name of the secret that becomes the file.'))
    .meta({ description: 'Files in /etc/mev/secrets by name, and the secrets that are in them. Default: none.' })
    .optional(),
  relays: list(
    'Domains that it may reach, at port 443, by the proxy of HTTPS_PROXY. Default: none.',
    text('A domain.', DOMAIN),
    { mayBeEmpty: true },
  ).optional(),
  egress: list(
    'Ranges of IPv4 addresses that it may reach, at port 443, past the proxy. Default: none.',
    text('A range.', {
      pattern: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\/(?:1[6-9]|2\d|3[0-2])$/,
      expected: 'a range of at most 65536 addresses such as 203.0.113.0/24',
      example: '203.0.113.0/24',
    }),
    { mayBeEmpty: true },
  ).optional(),
};
