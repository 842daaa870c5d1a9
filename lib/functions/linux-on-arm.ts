import { CpuArchitecture, OperatingSystemFamily, type RuntimePlatform } from 'aws-cdk-lib/aws-ecs';

/** The platform of every task, as of every function. */
export const LINUX_ON_ARM: RuntimePlatform = {
  cpuArchitecture: CpuArchitecture.ARM64,
  operatingSystemFamily: OperatingSystemFamily.LINUX,
};
