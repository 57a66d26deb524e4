/**
 * The data that the pages of the reference use in addition to TypeDoc's model: the families, PyTorch's names, the
 * guides in reading order, and related names.
 */

import type { DeclarationReflection, DocumentReflection, ProjectReflection } from "typedoc";
import type { EntryPoint } from "../entry-points.ts";
import type { Families } from "../families/families.ts";
import type { Counterparts } from "../pytorch/counterparts.ts";
import type { Relations } from "../relations.ts";
import type { Autolink } from "./autolink.ts";

/** A heading of the navigation with its guides. */
interface GuideGroup {
  readonly title: string;
  readonly guides: readonly DocumentReflection[];
}

/** The data from which all pages are rendered. */
export interface Site {
  readonly project: ProjectReflection;
  readonly entryPoints: readonly EntryPoint[];
  readonly modules: readonly DeclarationReflection[];
  readonly guides: readonly GuideGroup[];
  readonly families: Families;
  readonly counterparts: Counterparts;
  readonly relations: Relations;
  readonly autolink: Autolink;
}
