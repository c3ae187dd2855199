using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Bench.Peers;

/// <summary>
/// Lets TorchSharp's native library load on Debian 12, whose libstdc++ ends at GLIBCXX_3.4.30.
/// </summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> names the version GLIBCXX_3.4.32 for one symbol, <c>std::ios_base_library_init()</c>, that
/// no relocation uses: the compiler only mentions it so that an older libstdc++ is refused. The loader is content once that
/// entry of the version-needs section is flagged weak. Only the copy in this program's own folder is changed; on Debian 13
/// and Ubuntu 24.04 nothing is. The layout is that of the ELF specification and of the Linux Standard Base 5.0, section 10.7.
/// </remarks>
internal static class LibtorchLoader
{
    private const string Version = "GLIBCXX_3.4.32";
    private const ushort Weak = 2; // VER_FLG_WEAK
    private const int Load = 1, Dynamic = 2; // segment types
    private const long StringTable = 5, VersionNeeds = 0x6ffffffe; // dynamic tags

    /// <summary>Changes this program's copy of the library where the system needs it; does nothing the second time.</summary>
    public static void Prepare()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(path) || SystemHasVersion()) return;

        byte[] library = File.ReadAllBytes(path);
        if (!FlagWeak(library)) return;

        // A new file in the old one's place: whoever shares the old one, a package cache by hard link say, keeps it as it was.
        string changed = path + "." + Environment.ProcessId;
        var written = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(changed, library);
        File.SetLastWriteTimeUtc(changed, written); // else the next build copies the original over it
        File.Move(changed, path, overwrite: true);
    }

    private static bool SystemHasVersion() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint library) && NativeLibrary.TryGetExport(library, "_ZSt21ios_base_library_initv", out _);

    /// <summary>Sets the weak flag of every version-needs entry named <see cref="Version"/>; false if there was nothing to set.</summary>
    internal static bool FlagWeak(Span<byte> elf)
    {
        var (strings, needs) = FindTables(elf);
        bool changed = false;
        for (int file = needs, next = 1; next != 0; file += next)
        {
            int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[(file + 2)..]);
            int entry = file + BinaryPrimitives.ReadInt32LittleEndian(elf[(file + 8)..]);
            for (int i = 0; i < count; i++)
            {
                var flags = elf.Slice(entry + 4, 2);
                ushort old = BinaryPrimitives.ReadUInt16LittleEndian(flags);
                if ((old & Weak) == 0 && HasName(elf[(strings + BinaryPrimitives.ReadInt32LittleEndian(elf[(entry + 8)..]))..]))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(old | Weak));
                    changed = true;
                }

                entry += BinaryPrimitives.ReadInt32LittleEndian(elf[(entry + 12)..]);
            }

            next = BinaryPrimitives.ReadInt32LittleEndian(elf[(file + 12)..]);
        }

        return changed;
    }

    private static bool HasName(ReadOnlySpan<byte> text) => text.StartsWith(Encoding.ASCII.GetBytes(Version + "\0"));

    private static (int Strings, int Needs) FindTables(ReadOnlySpan<byte> elf)
    {
        if (!elf.StartsWith("\u007fELF\u0002\u0001"u8)) throw new BenchException("libLibTorchSharp.so is not a 64-bit little-endian ELF file. Restore TorchSharp again.");
        long strings = 0, needs = 0;
        var dynamic = Segments(elf).First(segment => segment.Type == Dynamic);
        for (int at = (int)dynamic.Offset; at < dynamic.Offset + dynamic.Size; at += 16)
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(elf[(at + 8)..]);
            switch (BinaryPrimitives.ReadInt64LittleEndian(elf[at..]))
            {
                case StringTable: strings = value; break;
                case VersionNeeds: needs = value; break;
            }
        }

        return (FileOffset(elf, strings), FileOffset(elf, needs));
    }

    private static int FileOffset(ReadOnlySpan<byte> elf, long address)
    {
        var segment = Segments(elf).First(s => s.Type == Load && address >= s.Address && address < s.Address + s.Size);
        return (int)(address - segment.Address + segment.Offset);
    }

    private static List<(int Type, long Offset, long Address, long Size)> Segments(ReadOnlySpan<byte> elf)
    {
        var found = new List<(int, long, long, long)>();
        int start = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[54..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[56..]);
        for (int i = 0; i < count; i++)
        {
            var header = elf.Slice(start + i * size, size);
            found.Add((BinaryPrimitives.ReadInt32LittleEndian(header),
                BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[32..])));
        }

        return found;
    }
}
