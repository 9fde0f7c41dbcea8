package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Files of a registry's directory beside configFile and secretsFile.
const (
	authorityFile    = "ca.pem"
	authorityKeyFile = "ca.key"
	lockFile         = "lock"
	socketFile       = "dorado.sock"
	unfinishedFile   = "unfinished" // there while a directory is being made
)

// makeDirectory makes a directory that only its owner may enter, or checks that it is empty.
func makeDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the directory %s cannot be made: %w; choose another with --dir", dir, plain(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("the directory %s cannot be read: %w; choose another with --dir", dir, plain(err))
	}
	for _, e := range entries {
		switch e.Name() {
		case configFile:
			return fmt.Errorf("there is a registry in %s already; choose another --dir, or run it with dorado serve --dir %s", dir, dir)
		case lockFile:
		default:
			return fmt.Errorf("%s is not empty: it has %s; choose another --dir", dir, e.Name())
		}
	}
	return nil
}

// writeFiles writes files that only their owner may read. None of them may be there.
func writeFiles(dir string, files map[string][]byte) error {
	for name, data := range files {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("the directory %s cannot be written: %w; choose another with --dir", dir, plain(err))
		}
		_, err = f.Write(data)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

// canBeWritten refuses the path of a flag where no file can be made later, when what it is for has taken its
// time. An empty path is none.
func canBeWritten(flag, path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s: %s is a directory; name a file", flag, path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("%s: %s cannot be written: %w; name a file elsewhere", flag, path, plain(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// leaveNothing removes the lock of a directory that has nothing else in it and, unless it was
// there before, the directory.
func leaveNothing(dir string, wasThere bool) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != lockFile {
		return
	}
	os.Remove(filepath.Join(dir, lockFile))
	if !wasThere {
		os.Remove(dir)
	}
}

// touch makes sure that a file is there and can be written; a new one only its owner may read.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// plain removes the path and the system call from an error whose sentence names the path.
func plain(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// lockDirectory makes sure that one process runs the registry of a directory. The lock goes with
// the process, however it ends.
func lockDirectory(dir string) (release func(), err error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the directory %s cannot be written: %w; choose another with --dir", dir, plain(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			pid, _ := lockHolder(dir)
			return nil, fmt.Errorf("the registry in %s is running already%s; stop it first, or choose another --dir", dir, pid)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// Who has the lock is for messages only.
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("the directory %s cannot be written: %w; choose another with --dir", dir, plain(err))
	}
	return func() { f.Close() }, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// lockHolder reports whether a process runs the registry of a directory, and which one in words:
// " (process 4711)", or nothing if it did not say.
func lockHolder(dir string) (pid string, held bool) {
	f, err := os.Open(filepath.Join(dir, lockFile))
	if err != nil {
		return "", false
	}
	defer f.Close()
	if !errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		return "", false
	}
	line := make([]byte, 20)
	n, _ := f.Read(line)
	if id, err := strconv.Atoi(strings.TrimSpace(string(line[:n]))); err == nil {
		return fmt.Sprintf(" (process %d)", id), true
	}
	return "", true
}

// inDir returns a path that may be relative to a directory.
func inDir(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
