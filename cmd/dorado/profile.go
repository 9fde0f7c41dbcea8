package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"example.org/dorado/core/policy"
)

// profileFile is the policy profile that init and demo copy into the directory of a registry.
const profileFile = "profile.json"

// isProfileFile tells a file from the id of a built-in profile.
func isProfileFile(profile string) bool { return strings.HasSuffix(profile, ".json") }

// loadProfile returns the profile that registry.profile names, a built-in one or a file of the directory.
func (r registryConfig) loadProfile(dir string) (policy.Profile, error) {
	if !isProfileFile(r.Profile) {
		profile, err := policy.BuiltIn(r.Profile)
		if err != nil {
			return profile, fmt.Errorf("registry.profile: %w; built in are %s, and a file ends in .json", err, list(policy.BuiltInIDs()))
		}
		return profile, nil
	}
	path := inDir(dir, r.Profile)
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return policy.Profile{}, fmt.Errorf("registry.profile: there is no file %s; dorado profile file %s prints one to begin with", path, defaults().Registry.Profile)
	case err != nil:
		return policy.Profile{}, fmt.Errorf("registry.profile: %w", plain(err))
	}
	profile, err := policy.Parse(data)
	if err != nil {
		return profile, fmt.Errorf("registry.profile: %s: %w", path, err)
	}
	return profile, nil
}

// chosenProfile makes a configuration of a profile that was named on a command line, a file or an id. It returns
// the files that the directory has to have then.
func chosenProfile(c *config, chosen string) (map[string][]byte, error) {
	if chosen == "" {
		return nil, nil
	}
	if _, err := (registryConfig{Profile: chosen}).loadProfile("."); err != nil {
		return nil, errors.New(strings.Replace(err.Error(), "registry.profile:", "--profile:", 1))
	}
	if c.Registry.Profile = chosen; !isProfileFile(chosen) {
		return nil, nil
	}
	data, err := os.ReadFile(chosen)
	c.Registry.Profile = profileFile
	return map[string][]byte{profileFile: data}, err
}

// zonesSetting is kept in the database as the zones that the registry had when it was last started.
const zonesSetting = "zones"

// keepsZones refuses a profile without a zone that has names: nobody could reach them any more, and time would
// go by their zone's terms. The names of a zone are looked for only when it is missing.
func (r *registryCore) keepsZones(ctx context.Context) error {
	var have []string
	for _, z := range r.service.Profile.Zones {
		have = append(have, z.Name.String())
	}
	slices.Sort(have)
	text := strings.Join(have, " ")
	before, known, err := r.db.Setting(ctx, zonesSetting)
	if err != nil || known && before == text {
		return err
	}
	if !known || slices.ContainsFunc(strings.Fields(before), func(zone string) bool { return !slices.Contains(have, zone) }) {
		used, err := r.db.ZonesInUse(ctx)
		if err != nil {
			return err
		}
		for _, zone := range used {
			if !slices.Contains(have, zone) {
				return fmt.Errorf("the profile %s has no zone %s, and there are names below it; put the zone back (sold: false closes it for registrations)",
					r.service.Profile.ID, zone)
			}
		}
	}
	return r.db.PutSetting(ctx, zonesSetting, text)
}
