import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { MAX_SERIAL_TEXT_LENGTH } from '../custody/serials/serial-number.js';
import { MAX_DEPTH } from '../read-models/trace/batch-tree.query.js';
import { MAX_TRACED } from '../read-models/trace/trace-serials.query.js';
import { FreshQuery, Number0To, ReadBy } from './queries.dto.js';

export class TraceBody {
  /** Serials or ranges, which may overlap: `2017-A/004512345`, `2017-A/1..500`. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TRACED)
  @IsString({ each: true })
  @MaxLength(MAX_SERIAL_TEXT_LENGTH, { each: true })
  serials!: string[];
}

export class TreeQuery extends FreshQuery {
  /** A facility: what stands there and below it. Default: the nation. */
  @IsOptional()
  @ReadBy(parseFacilityId, 'the id of a facility')
  within?: string;

  /** Levels below it. */
  @Number0To(MAX_DEPTH, 1)
  depth?: string;
}
