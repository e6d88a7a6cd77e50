package dev.faultline.keys;

import dev.faultline.quotas.Limits;

/**
 * A tenant whose owners have limits of their own.
 *
 * @param id its name
 * @param limits of each owner of the tenant; what they leave open has its default
 */
public record Tenant(String id, Limits limits) {}
