import { describe, expect, test } from 'vitest';
import { candidates, choose, judgeTrial, type Platform } from '../../../src/main/engine/scorers/providers.ts';

const linux: Platform = { os: 'linux', arch: 'x64', cudaInstalled: true, nvidiaDriver: true };
const worked = (ms: number, share = 1) => ({ ok: true as const, ms, share, wrong: '' });

describe('what is tried', () => {
  // Catches: a session asked for a provider the platform does not have; the runtime then drops it in silence.
  test.each([
    [{ ...linux }, ['cuda', 'webgpu', 'cpu']],
    [{ ...linux, arch: 'arm64' }, ['cpu']],
    [{ ...linux, os: 'win32' as const }, ['dml', 'webgpu', 'cpu']],
    [{ ...linux, os: 'darwin' as const, arch: 'arm64' }, ['coreml', 'webgpu', 'cpu']],
  ])('%o', (platform, expected) => {
    expect(candidates(platform, []).try).toEqual(expected);
  });

  test('CUDA without its library is not tried but named, with what to do', () => {
    const { try: list, out } = candidates({ ...linux, cudaInstalled: false }, []);
    expect(list).toEqual(['webgpu', 'cpu']);
    expect(out[0]?.reason).toBe('GPU: the CUDA provider is not installed; run "nhr gpu install".');
    expect(candidates({ ...linux, cudaInstalled: false, nvidiaDriver: false }, []).out[0]?.reason).toMatch(/no NVIDIA driver/);
  });

  test("the user's order counts, without what the platform lacks; cpu first means cpu alone", () => {
    expect(candidates(linux, ['webgpu', 'dml', 'webgpu', 'cuda']).try).toEqual(['webgpu', 'cuda', 'cpu']);
    expect(candidates(linux, ['cpu', 'cuda']).try).toEqual(['cpu']);
  });
});

describe('what a trial is worth', () => {
  const cuda = (error: string, platform = linux) => judgeTrial('cuda', { ok: false, error }, platform).reason;

  // Catches: "failed to load shared library" shown to a person who cannot know which.
  test('the missing library is named', () => {
    const error =
      'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library\nlibcudnn.so.9: cannot open shared object file';
    expect(cuda(error)).toBe(
      'GPU: CUDA libraries not found (libcudnn.so.9); install CUDA 12 and cuDNN 9 and put their folders on LD_LIBRARY_PATH.',
    );
    expect(cuda(error, { ...linux, nvidiaDriver: false })).toMatch(/no NVIDIA driver is loaded/);
    expect(cuda('CUDA failure 35: CUDA driver version is insufficient')).toMatch(/too old for CUDA 12/);
  });

  test('no adapter, a crash and an unknown error each have their sentence', () => {
    const webgpu = (error: string) => judgeTrial('webgpu', { ok: false, error }, linux).reason;
    expect(webgpu('Failed to get a WebGPU adapter: No supported adapters')).toMatch(/no Vulkan driver found/);
    expect(webgpu('the driver ended the process (SIGSEGV)')).toBe('GPU: webgpu does not start: the driver ended the process (SIGSEGV)');
    const missing =
      "the driver ended the process (exit code 1)\nnode:internal\n  throw err;\n\nError: Cannot find module 'onnxruntime-node'\n    at x";
    expect(judgeTrial('cpu', { ok: false, error: missing }, linux).reason).toBe(
      "The runtime does not start: the driver ended the process (exit code 1): Error: Cannot find module 'onnxruntime-node'",
    );
  });

  // Catches: a provider that hands most of its work back, or computes wrong, and is used all the same.
  test('a wrong answer, or too few steps of its own, is no', () => {
    expect(judgeTrial('webgpu', { ...worked(3), wrong: 'its ssim is 0 instead of 1' }, linux)).toMatchObject({ ok: false, ms: 3 });
    expect(judgeTrial('coreml', worked(3, 0.79), linux)).toMatchObject({ ok: false });
    expect(judgeTrial('coreml', worked(3, 0.8), linux)).toMatchObject({ ok: true, reason: '' });
  });

  test('a software driver works but comes after cpu; a slow cpu is still cpu', () => {
    const trials = [judgeTrial('webgpu', worked(600), linux), judgeTrial('cpu', worked(80), linux)];
    expect(trials.map((trial) => [trial.ok, trial.software])).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(choose(trials)).toBe('cpu');
    expect(choose([judgeTrial('cuda', worked(1), linux), ...trials])).toBe('cuda');
  });
});
