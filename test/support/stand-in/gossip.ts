import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo, MemberInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { EndPoint, Faults } from './faults.js';
import { uuidOf } from './wire.js';

export interface Member extends EndPoint {
  readonly state: 'leader' | 'follower' | 'manager';
  readonly isAlive: boolean;
}

/** Gossip.Read: who is in the cluster, as every member of it answers. Needs no credentials. */
export function gossipCall(
  faults: Faults,
  members: () => readonly Member[],
): (call: ServerUnaryCall<unknown, ClusterInfo>, end: sendUnaryData<ClusterInfo>) => void {
  return (_, end) => {
    void faults.pauseOver().then(() => {
      end(null, new gossip.ClusterInfo().setMembersList(members().map(memberInfo)));
    });
  };
}

function memberInfo({ host, port, state, isAlive }: Member, index: number): MemberInfo {
  const states = gossip.MemberInfo.VNodeState;
  const is = { leader: states.LEADER, follower: states.FOLLOWER, manager: states.MANAGER }[state];
  return new gossip.MemberInfo()
    .setInstanceId(uuidOf(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`))
    .setTimeStamp('0')
    .setState(is)
    .setIsAlive(isAlive)
    .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
}
