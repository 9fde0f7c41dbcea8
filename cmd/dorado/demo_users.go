package main

import (
	"context"
	"fmt"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A demoUser is a user of the console as demo.json has it.
type demoUser struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Role     string `json:"role"`
}

// demoPeople are the users of the demo's registrars: each role of the first, and the administrator of the second.
func demoPeople() []flow.OperatorUserAdd {
	of := func(who registry.RegistrarID, login, name string, role registry.Role, language registry.Language) flow.OperatorUserAdd {
		return flow.OperatorUserAdd{
			Act: flow.Act{Registrar: who, Author: demoAuthor}, Login: login, Name: name, Role: role, Language: language,
		}
	}
	return []flow.OperatorUserAdd{
		of(firstRegistrar, "ana@condor.example", "Ana Rojas", registry.RoleAdministrator, registry.English),
		of(firstRegistrar, "luis@condor.example", "Luis Mora", registry.RoleManager, registry.English),
		of(firstRegistrar, "sara@condor.example", "Sara Gil", registry.RoleDomainAdministrator, registry.English),
		of(firstRegistrar, "ines@condor.example", "In\u00e9s Pardo", registry.RoleFinanceAdministrator, registry.English),
		of(secondRegistrar, "eva@caribe.example", "Eva Cano", registry.RoleAdministrator, registry.Spanish),
	}
}

// demoAuthor is who made a demo's users.
const demoAuthor = "demo"

// addPeople makes the users of the demo's registrars, and says their passwords.
func addPeople(ctx context.Context, core *registryCore, known []demoRegistrar) error {
	for _, cmd := range demoPeople() {
		password := strings.Join([]string{newPassword(), newPassword()}, "-")
		var err error
		if cmd.Password, err = core.service.Passwords.Hash(ctx, password); err != nil {
			return err
		}
		if _, err := core.run(ctx, cmd); err != nil {
			return fmt.Errorf("make the user %s: %w", cmd.Login, err)
		}
		for i := range known {
			if known[i].ID == cmd.Registrar {
				known[i].Console = append(known[i].Console, demoUser{cmd.Login, password, string(cmd.Role)})
			}
		}
	}
	return nil
}
