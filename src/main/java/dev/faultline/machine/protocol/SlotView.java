package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A swap slot in use.
 *
 * @param pages the pages whose entries name it
 * @param frame the frame that still holds the same bytes, or null
 */
public record SlotView(int slot, List<Mapping> pages, @Nullable Integer frame) {}
