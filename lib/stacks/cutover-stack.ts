import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DualStackCutover, type DualStackCutoverProps } from '../cutover/index.ts';
import { tellOperators } from '../operators/index.ts';

export interface CutoverStackProps extends StackProps {
  readonly cutover: DualStackCutoverProps;
}

/** The cutover itself, for an ingress that belongs to the other stacks or to somebody else. */
export class CutoverStack extends Stack {
  readonly cutover: DualStackCutover;

  constructor(scope: Construct, id: string, props: CutoverStackProps) {
    super(scope, id, props);
    this.cutover = new DualStackCutover(this, 'Cutover', props.cutover);
    tellOperators(this, this.cutover);
  }
}
