namespace Gradus.Kernels.Convolution;

/// <summary>A number as a type: the JIT compiles a generic kernel anew for each, with displacements and unrolling fixed.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct C0 : IConstant { public static int Value => 0; }
internal readonly struct C1 : IConstant { public static int Value => 1; }
internal readonly struct C2 : IConstant { public static int Value => 2; }
internal readonly struct C3 : IConstant { public static int Value => 3; }
internal readonly struct C4 : IConstant { public static int Value => 4; }
internal readonly struct C5 : IConstant { public static int Value => 5; }
internal readonly struct C6 : IConstant { public static int Value => 6; }
internal readonly struct C7 : IConstant { public static int Value => 7; }
internal readonly struct C8 : IConstant { public static int Value => 8; }
internal readonly struct C16 : IConstant { public static int Value => 16; }
internal readonly struct C32 : IConstant { public static int Value => 32; }
