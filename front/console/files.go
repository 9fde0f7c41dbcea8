package console

import (
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"example.org/dorado/core/policy"
)

// fileRoutes are the pages of the files that registrars fetch by FTPS, too: one tree, of which each registrar sees what
// is its own. Manual 4.3, decisions 6.4.
func (c *Console) fileRoutes() []route {
	if c.config.Files == nil {
		return nil
	}
	return []route{
		{method: http.MethodGet, path: Path + "files", area: policy.AreaFiles, handle: c.files},
		{method: http.MethodGet, path: Path + "files/{path...}", area: policy.AreaFiles, handle: c.files, long: true},
	}
}

// A filesPage shows a directory.
type filesPage struct {
	About   string // what is in it, where that is known
	Parents []fileLink
	Here    string
	Files   []fileLine
}

// A fileLink leads to a directory above.
type fileLink struct{ Path, Name string }

// A fileLine is one file or directory.
type fileLine struct {
	fileLink
	Dir  bool
	Size int64
	Made time.Time
}

// files shows a directory, or sends a file.
func (c *Console) files(v *visit) error {
	name := strings.TrimSuffix(v.r.PathValue("path"), "/")
	if name == "" {
		name = "."
	}
	if !fs.ValidPath(name) {
		return errMissing
	}
	if !v.seesFile(name) {
		return errForbidden
	}
	files := c.config.Files(v.visitor.Registrar.ID)
	info, err := fs.Stat(files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return errMissing
	case err != nil:
		return err
	case info.IsDir():
		return v.showDir(files, name)
	}
	return v.sendFile(files, name)
}

// seesFile reports whether the role of the visitor includes a file or directory: what tells of money is for those who see
// the account. Manual 4.1.1.
func (v *visit) seesFile(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "invoices", "statements", "transactions":
		return policy.Permits(v.visitor.User.Role, policy.AreaMoney)
	}
	return true
}

// showDir shows what is in a directory; of what has a date in its name the latest first.
func (v *visit) showDir(files fs.FS, name string) error {
	entries, err := fs.ReadDir(files, name)
	if err != nil {
		return err
	}
	page := filesPage{Here: path.Base(name), About: v.aboutDir(name)}
	if name == "." {
		page.Here = ""
	} else {
		page.Parents = parentsOf(name)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !v.seesFile(path.Join(name, e.Name())) { // it has gone since, or is not for the role
			continue
		}
		line := fileLine{fileLink: fileLink{pathToFile(path.Join(name, e.Name())), e.Name()}, Dir: e.IsDir()}
		if !line.Dir {
			line.Size, line.Made = info.Size(), info.ModTime()
		}
		page.Files = append(page.Files, line)
	}
	if strings.HasPrefix(name, "transactions/") || name == "statements" || name == "invoices" {
		for i, j := 0, len(page.Files)-1; i < j; i, j = i+1, j-1 {
			page.Files[i], page.Files[j] = page.Files[j], page.Files[i]
		}
	}
	return v.show("files", page)
}

// parentsOf returns the directories above one, the first of them without a name: the root.
func parentsOf(name string) []fileLink {
	list := []fileLink{{Path + "files", ""}}
	parts := strings.Split(name, "/")
	for i := range parts[:len(parts)-1] {
		list = append(list, fileLink{pathToFile(strings.Join(parts[:i+1], "/")), parts[i]})
	}
	return list
}

// pathToFile is the address of a file or directory.
func pathToFile(name string) string {
	parts := []any{"files"}
	for part := range strings.SplitSeq(name, "/") {
		parts = append(parts, part)
	}
	return pathTo(parts...)
}

// aboutDir says what is in a directory.
func (v *visit) aboutDir(name string) string {
	switch name {
	case ".":
		return v.t("The same files are on the FTPS server, for programs that fetch them.")
	case "droplist":
		return v.t("Names in redemption or pending delete, a file for each zone, made every day.")
	case "lordn":
		return v.t("Every name that cannot be registered, made every two hours.")
	case "prices":
		return v.t("Names with a price of their own, made every hour.")
	case "transactions":
		return v.t("What was charged for good, by the day on which its grace period ended.")
	case "statements":
		return v.t("Every entry of your account, month by month.")
	case "invoices":
		return v.t("Your invoices, and the transactions of each.")
	}
	return ""
}

// sendFile sends a file as it is.
func (v *visit) sendFile(files fs.FS, name string) error {
	f, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return errMissing
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" || !strings.HasPrefix(kind, "text/csv") && kind != "application/pdf" {
		kind = "application/octet-stream"
	}
	return v.file(kind, path.Base(name), func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}
