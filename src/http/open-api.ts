import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = [
  'The event-sourced custody ledger of e-KTP blanks. Serial ranges are text, `2017-A/1..250000`.',
  'Revisions and positions are decimal strings. Every refusal is `application/problem+json` with an',
  'exact `code`. A query with `atLeast=<position of a write>` sees that write.',
].join(' ');

/** The document at `/api/docs/openapi.json`, and a page to read it at `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Blangko')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  SwaggerModule.setup('docs', app, document, {
    useGlobalPrefix: true,
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Blangko API',
  });
}
