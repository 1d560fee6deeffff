import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ANSWER_SCHEMAS } from './answer-schemas.js';

const DESCRIPTION = [
  'The event-sourced custody ledger of e-KTP blanks. Serial ranges are text, `2017-A/1..250000`.',
  'Revisions and positions are decimal strings. Every refusal is `application/problem+json` with an',
  'exact `code`. A query with `atLeast=<position of a write>` sees that write.',
].join(' ');

/** What the parameters in addresses mean, by the part of the address before them and their name. */
const PARAMETERS: Readonly<
  Record<string, { readonly description: string; readonly example: string }>
> = {
  'accounts/{account}': {
    description: 'An account: `00`, `31.71.01.1001`, `B.2017-A` or `E.<case>`.',
    example: '31.71.01.1001',
  },
  'batches/{batch}': { description: 'The code of a batch.', example: '2017-A' },
  'cards/{batch}': { description: 'The code of the batch of the card.', example: '2017-A' },
  'trace/{batch}': { description: 'The code of the batch of the serial.', example: '2017-A' },
  '{batch}/{number}': {
    description: 'Its number in the batch, with or without leading zeros.',
    example: '66019',
  },
  'shipments/{id}': {
    description: 'Consignor and running number, as on the surat jalan.',
    example: '31-000045',
  },
  'routes/{consignor}': { description: 'The account that sends.', example: '31' },
  '{consignor}/{consignee}': { description: 'The account it is for.', example: '31.71' },
  'demand/{facility}': { description: 'The id of a facility.', example: '31' },
  'stock/{facility}': { description: 'The id of a facility.', example: '31' },
  'facilities/{id}': { description: 'The id of a facility.', example: '31.71' },
  'findings/{id}': { description: "The finder's reference.", example: 'SERANG-2018-09' },
  'exports/{what}': { description: 'events, movements, stock or trace.', example: 'movements' },
  'webhooks/{id}': {
    description: 'The id of a webhook.',
    example: '0d0a5c3e-7d0b-4c1f-9a57-2f2f6d6a4b10',
  },
  'dead-letters/{deliveryId}': {
    description: 'The id of a delivery that was given up.',
    example: '7a3f3f9e-33a1-4a55-8a53-0c4f7d4f9d21',
  },
  'missing/{gap}': {
    description: 'The id of a gap, as a listing gave it.',
    example: '6-2017-A-491',
  },
  'problems/{code}': { description: 'The code of a problem.', example: 'not_on_manifest' },
};

/** The document at `/api/docs/openapi.json`, and a page to read it at `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Blangko')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  complete(document);
  SwaggerModule.setup('docs', app, document, {
    useGlobalPrefix: true,
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Blangko API',
  });
}

/** Adds what the routes have in common, and takes out what Nest guesses wrongly of them. */
function complete(document: OpenAPIObject): void {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...ANSWER_SCHEMAS },
  };
  for (const [path, { get, post, delete: remove }] of Object.entries(document.paths)) {
    for (const parameter of [get, post, remove].flatMap((operation) => operation?.parameters ?? []))
      if ('in' in parameter && parameter.in === 'path')
        Object.assign(parameter, PARAMETERS[placeOf(path, parameter.name)]);
    // Writes answer 201, also where a key is sent again; questions 200.
    if (post !== undefined && 'x-event' in post) delete post.responses['200'];
  }
}

/** The parameter with the part of the address before it: `accounts/{account}`. */
function placeOf(path: string, name: string): string {
  const parts = path.split('/');
  const at = parts.indexOf(`{${name}}`);
  return parts.slice(at - 1, at + 1).join('/');
}
