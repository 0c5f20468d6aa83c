import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { portOf, serve } from '../chain-node/chart/programs';

/**
 * A bucket of S3 that takes what is signed and refuses the rest, and who gives the pod its credentials. The signature is made here from
 * what AWS says of it (Amazon S3, API reference, Signature Calculations for the Authorization Header, version 4), not by what is tested.
 */

export interface Put {
  readonly key: string;
  readonly type: string;
  readonly body: string;
}

export interface Bucket {
  readonly url: string;
  readonly credentialsUrl: string;
  readonly puts: Put[];
  /** Why it refused, by request. */
  readonly refused: string[];
  readonly server: Server;
}

const KEY = {
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  Token: 'session//token==',
};

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Why a request is not signed as it must be; undefined where it is. */
function fault(request: IncomingMessage, body: Buffer, region: string): string | undefined {
  const { headers, method, url = '' } = request;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!match) return `no signature of S3: ${headers.authorization}`;
  const [, id, day = '', signedRegion = '', names = '', signature] = match;
  if (id !== KEY.AccessKeyId) return `signed by ${id}`;
  if (signedRegion !== region) return `signed for ${signedRegion}`;
  if (headers['x-amz-security-token'] !== KEY.Token) return 'the token of the session is not there';
  const date = String(headers['x-amz-date']);
  if (!date.startsWith(day) || Math.abs(Date.parse(iso(date)) - Date.now()) > 300_000) return `signed at ${date}`;
  const signed = names.split(';');
  const missing = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].find(
    (name) => !signed.includes(name),
  );
  if (missing) return `${missing} is not signed`;
  const hash = String(headers['x-amz-content-sha256']);
  if (hash !== sha256(body)) return 'the hash is of something else';
  const canonical = [
    method,
    url,
    '',
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    hash,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [region, 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${KEY.SecretAccessKey}`, day));
  const expected = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
  return signature === expected ? undefined : 'SignatureDoesNotMatch';
}

const iso = (date: string): string => date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');

/** `token`: what the pod shows to get credentials. */
export async function bucket(region: string, token: string): Promise<Bucket> {
  const [puts, refused]: [Put[], string[]] = [[], []];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers, method } = request;
      if (url === '/v1/credentials') {
        const known = headers.authorization === token;
        response.writeHead(known ? 200 : 401).end(known ? JSON.stringify({ ...KEY, AccountId: '1' }) : 'who are you?');
        return;
      }
      const body = Buffer.concat(chunks);
      const why = method === 'PUT' ? fault(request, body, region) : `${method} is not asked for here`;
      if (why === undefined)
        puts.push({ key: url.slice(1), type: headers['content-type'] ?? '', body: body.toString() });
      else refused.push(why);
      response.writeHead(why === undefined ? 200 : 403).end(why);
    });
  });
  const url = `http://127.0.0.1:${portOf(server)}`;
  return { url, credentialsUrl: `${url}/v1/credentials`, puts, refused, server };
}
