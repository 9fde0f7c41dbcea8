package registry

// A Role is what a user of the registrar console is to his registrar. Manual 4.1.1.
type Role string

// The roles. A registrar has one administrator.
const (
	RoleAdministrator        Role = "administrator"
	RoleManager              Role = "manager"
	RoleDomainAdministrator  Role = "domain-administrator"
	RoleFinanceAdministrator Role = "finance-administrator"
)

// Roles returns the roles, the one that may do most first.
func Roles() []Role {
	return []Role{RoleAdministrator, RoleManager, RoleDomainAdministrator, RoleFinanceAdministrator}
}
