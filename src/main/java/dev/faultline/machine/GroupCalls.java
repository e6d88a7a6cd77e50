package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.ControlGroups;

/** The calls that make control groups, and put processes into them. */
final class GroupCalls {

    private final MachineSpec spec;
    private final ControlGroups groups;

    GroupCalls(Parts parts) {
        spec = parts.spec();
        groups = parts.frames().groups();
    }

    /** Makes a group, or gives it other limits. */
    Outcome put(Command.PutGroup put) {
        if (spec.translation().memory() != Translation.Memory.FREE) {
            return new Outcome.Refused(
                    "ENOSYS", "groups have no limits where page tables take frames of the machine");
        }
        if (groups.find(put.name()) == ControlGroups.ROOT
                && groups.size() == spec.limits().processes()) {
            return new Outcome.Refused("ENOSPC", "there are as many groups as processes may be");
        }
        boolean changed =
                groups.put(new ControlGroups.Group(put.name(), put.limit(), put.protectedFrames()));
        return changed ? new Outcome.Done() : new Outcome.Unchanged();
    }

    /** Puts a process into a group; the frames that it has stay charged where they are. */
    Outcome join(Task task, String name) {
        int group = groups.find(name);
        if (group == ControlGroups.ROOT) {
            return new Outcome.Refused("ENOENT", "there is no group " + name);
        }
        if (task.group() == group) {
            return new Outcome.Unchanged();
        }
        task.setGroup(group);
        return new Outcome.Done();
    }
}
