package policy_test

import (
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// TestPermits is the matrix of roles and areas, written out. Manual 4.1.1.
func TestPermits(t *testing.T) {
	const a, m, d, f = registry.RoleAdministrator, registry.RoleManager, registry.RoleDomainAdministrator, registry.RoleFinanceAdministrator
	matrix := map[policy.Area]map[registry.Role]bool{
		policy.AreaOwn:      {a: true, m: true, d: true, f: true},
		policy.AreaNames:    {a: true, m: true, d: true},
		policy.AreaMessages: {a: true, m: true, d: true},
		policy.AreaLog:      {a: true, m: true, d: true},
		policy.AreaFrames:   {a: true, m: true, d: true},
		policy.AreaMoney:    {a: true, m: true, f: true},
		policy.AreaAccount:  {a: true, m: true, f: true},
		policy.AreaUsers:    {a: true, m: true},
		policy.AreaFiles:    {a: true, m: true, d: true, f: true},
		policy.AreaSandbox:  {a: true, m: true, d: true},
	}
	if len(matrix) != len(policy.Areas()) {
		t.Errorf("the matrix has %d areas, there are %d", len(matrix), len(policy.Areas()))
	}
	for _, area := range policy.Areas() {
		for _, role := range append(registry.Roles(), "", "operator") {
			if got := policy.Permits(role, area); got != matrix[area][role] {
				t.Errorf("%q may reach %s: %t", role, area, got)
			}
		}
	}
}

// TestMayTouch is the matrix of who may make, change and remove whom. Manual 4.1.1.
func TestMayTouch(t *testing.T) {
	const a, m, d, f = registry.RoleAdministrator, registry.RoleManager, registry.RoleDomainAdministrator, registry.RoleFinanceAdministrator
	matrix := map[registry.Role]map[registry.Role]bool{
		a: {a: true, m: true, d: true, f: true},
		m: {d: true, f: true},
	}
	for _, actor := range append(registry.Roles(), "", "operator") {
		for _, other := range registry.Roles() {
			if got := policy.MayTouch(actor, other); got != matrix[actor][other] {
				t.Errorf("%q may touch %q: %t", actor, other, got)
			}
		}
	}
}
