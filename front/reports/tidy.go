package reports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// tidyPause is how often what is old is looked for, by the registry's clock.
const tidyPause = 24 * time.Hour

// draftAge is how old a draft is, by real time, that nobody writes any more: its maker was killed.
const draftAge = time.Hour

// tidy removes a registrar's files that tell of what is longer ago than they are kept, and drafts that a crash left.
func (m *Maker) tidy(_ context.Context, _ *Record) error {
	now := m.config.Service.Clock().UTC()
	if !m.tidied.IsZero() && now.Sub(m.tidied) < tidyPause {
		return nil
	}
	t, removed := m.config.Tree, 0
	err := fs.WalkDir(t.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		left := strings.HasPrefix(path.Base(name), draftPrefix) && time.Since(info.ModTime()) > draftAge
		old := strings.HasPrefix(name, "registrars/") && !strings.HasPrefix(path.Base(name), ".") &&
			info.ModTime().Before(now.Add(-m.config.Keep))
		if !left && !old {
			return nil
		}
		removed++
		return t.root.Remove(name)
	})
	if err != nil {
		return fmt.Errorf("remove old files: %w", err)
	}
	if removed > 0 {
		m.config.Log.Info("removed old files of registrars", "files", removed)
	}
	m.tidied = now
	return nil
}
